"""The modules of the page that need no browser have tests of their own, which Node runs."""

import pytest

from tests.services.web.page.building import PAGE, install, node

pytestmark = pytest.mark.timeout(600)


def test_the_tests_of_the_modules_pass() -> None:
    install()

    done = node("--test", *sorted((PAGE / "tests").glob("*.test.mjs")))

    assert done.returncode == 0, done.stdout + done.stderr
