"""A small client for OPTIMADE (https://specification.optimade.org): pages of structures, each within bounds.

Nothing in an answer is trusted: sizes, depth, numbers, texts are bounded, and the link to the next page keeps to the
host that was asked. pymatgen's client is not used, because it reads answers without a limit, follows any link, and
swallows errors.
"""

import json
import queue
import ssl
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit, urlunsplit

from nasicon_loop.core import Refusal, plain

FIELDS = (
    "lattice_vectors,cartesian_site_positions,species_at_sites,species,structure_features,nsites,"
    "chemical_formula_reduced,last_modified"
)
_MAX_URL = 4096
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a provider's answers is taken."""

    page_entries: int = 50
    page_bytes: int = 20_000_000
    n_pages: int = 200
    seconds: float = 60.0
    """For one page, from the question to its last byte."""


def structures_url(base: str) -> str:
    """Return the address of a provider's structures; Refusal when `base` is no plain http or https address."""
    try:
        parts = urlsplit(base.strip())
        is_plain = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_plain = False
    if not is_plain or parts.username or parts.query or parts.fragment or not base.isascii() or len(base) > _MAX_URL:
        raise Refusal("is not the http(s) address of an OPTIMADE provider", plain(base))
    path = parts.path.rstrip("/").removesuffix("/structures")
    path = path if path.rpartition("/")[2].startswith("v") and path[-1:].isdigit() else f"{path}/v1"
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/structures", "", ""))


def structure_pages(base: str, wanted: str, bounds: Bounds | None = None) -> Iterator[list[Mapping[str, Any]]]:
    """Yield a provider's structures page by page; `wanted` is an OPTIMADE filter.

    Raises Refusal, in one line, when the provider is down, slow, answers with an error, with something that is not
    OPTIMADE or with more than the bounds, or leads to another host.
    """
    bounds = bounds or Bounds()
    start = structures_url(base)
    query = {"filter": wanted, "response_fields": FIELDS, "page_limit": bounds.page_entries}
    url: str | None = f"{start}?{urlencode(query)}"
    seen: set[str] = set()
    while url is not None:
        if url in seen or len(seen) >= bounds.n_pages:
            raise Refusal(f"does not end after {len(seen)} pages; ask for less", plain(start))
        seen.add(url)
        document = _document(_in_time(url, bounds, start), start)
        yield _entries(document, start, bounds)
        url = _next(document, start)


def _in_time(url: str, bounds: Bounds, start: str) -> bytes:
    """Fetch in a thread of its own, since a timeout of the socket alone starts anew with every byte."""
    answer: queue.Queue[bytes | Exception] = queue.Queue()

    def fetch() -> None:
        try:
            answer.put(_fetch(url, bounds))
        except Exception as error:
            answer.put(error)

    threading.Thread(target=fetch, daemon=True).start()
    try:
        result = answer.get(timeout=bounds.seconds)
    except queue.Empty:
        raise Refusal(f"gives no whole answer within {bounds.seconds:g} s; try again later", plain(start)) from None
    if isinstance(result, Exception):
        _refuse(result, start)
    return result


def _fetch(url: str, bounds: Bounds) -> bytes:
    deadline = time.monotonic() + bounds.seconds
    request = urllib.request.Request(  # noqa: S310  # structures_url let http and https pass only
        url, headers={"Accept": "application/vnd.api+json, application/json", "User-Agent": "nasicon_loop"}
    )
    with _opener().open(request, timeout=bounds.seconds) as response:
        return _read(response, bounds, deadline)


def _read(response: HTTPResponse, bounds: Bounds, deadline: float) -> bytes:
    parts: list[bytes] = []
    n_bytes = 0
    while part := response.read1(_CHUNK):
        parts.append(part)
        n_bytes += len(part)
        if n_bytes > bounds.page_bytes:
            raise Refusal(f"answers with more than {bounds.page_bytes / 1e6:g} MB in one page")
        if time.monotonic() > deadline:
            raise TimeoutError
    return b"".join(parts)


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follow redirections on one host only."""

    def redirect_request(  # noqa: PLR0917  # urllib's signature
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if (
            new.scheme not in ("http", "https")
            or new.hostname != old.hostname
            or (old.scheme, new.scheme) == ("https", "http")
        ):
            fp.close()
            raise Refusal(f"sends on to another host, {plain(new.hostname, limit=60)}; give its address with --url")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    """HTTP and HTTPS only: urllib's usual opener would read file: and ftp: addresses as well."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _SameHost(),
    ):
        opener.add_handler(handler)
    return opener


def _refuse(error: Exception, start: str) -> NoReturn:
    where = plain(start)
    if isinstance(error, Refusal):
        raise Refusal(error.reason, where) from error
    if isinstance(error, HTTPError):
        reason = f"answers {error.code} {plain(error.reason, limit=60)}{_detail(error)}"
        error.close()
        raise Refusal(f"{reason}; try again later, or ask for less", where) from error
    if isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError):
        raise Refusal("gives no whole answer in time; try again later", where) from error
    if isinstance(error, URLError | OSError | HTTPException | ValueError):
        reason = plain(getattr(error, "reason", None) or error, limit=120)
        raise Refusal(f"cannot be reached ({reason}); is the network up?", where) from error
    raise error


def _detail(error: HTTPError) -> str:
    """What the provider says itself, where it says it as OPTIMADE wants."""
    try:
        detail = json.loads(error.read(_CHUNK))["errors"][0]["detail"]
    except (ValueError, LookupError, TypeError, RecursionError, OSError, HTTPException):
        return ""
    return f": {plain(detail, limit=120)}"


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _document(data: bytes, start: str) -> Mapping[str, Any]:
    try:
        document = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal("does not answer with JSON; is it an OPTIMADE provider?", plain(start)) from error
    if not isinstance(document, dict) or not isinstance(document.get("data"), list):
        raise Refusal("does not answer with a list of structures; is it an OPTIMADE provider?", plain(start))
    return document


def _entries(document: Mapping[str, Any], start: str, bounds: Bounds) -> list[Mapping[str, Any]]:
    entries = document["data"]
    if len(entries) > 20 * bounds.page_entries:
        raise Refusal(f"answers with {len(entries)} structures in one page", plain(start))
    return [entry for entry in entries if isinstance(entry, dict)]


def _next(document: Mapping[str, Any], start: str) -> str | None:
    links = document.get("links")
    link = links.get("next") if isinstance(links, dict) else None
    link = link.get("href") if isinstance(link, dict) else link
    if link is None or link == "":
        return None
    ours = urlsplit(start)
    try:
        parts = urlsplit(link) if isinstance(link, str) and link.isascii() and len(link) <= _MAX_URL else None
        is_same = parts is not None and parts.scheme in ("http", "https") and parts.hostname == ours.hostname
    except ValueError:
        is_same = False
    if not is_same or parts is None or any(char <= " " for char in link):
        raise Refusal("its next page is at another host; it was not followed", plain(start))
    # providers behind a proxy may name another port or http here: what was asked first stays
    return urlunsplit((ours.scheme, ours.netloc, parts.path, parts.query, ""))
