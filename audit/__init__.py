"""`make audit`: known vulnerabilities and licences of the pinned packages. Never imported by the product."""
