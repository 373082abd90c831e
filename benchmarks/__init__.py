"""Speed and accuracy, beside a peer or a yardstick in the same run. Never part of the tests."""
