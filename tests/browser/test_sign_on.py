"""Single sign-on by an identity provider, as somebody in front of a screen has it."""

import pytest
from playwright.sync_api import expect

from tests.support.identity_provider import CLIENT, SECRET, Provider

pytestmark = pytest.mark.browser


@pytest.fixture
def provider(monkeypatch):
    """An identity provider on this machine; Authlib must be told that http is fine."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    running = Provider()
    yield running
    running.close()


@pytest.fixture
def address(make_app, serve, provider):
    """Address of a site below a path, with single sign-on."""

    def make(address):
        public = f"{address}/suche"
        provider.callback = f"{public}/account/single-sign-on/callback"
        return make_app(
            MORELLI_PUBLIC_URL=public,
            MORELLI_OIDC_ISSUER=provider.issuer,
            MORELLI_OIDC_CLIENT_ID=CLIENT,
            MORELLI_OIDC_CLIENT_SECRET=SECRET,
            MORELLI_SSO_NAME="the museum’s account",
            MORELLI_SSO_ROLES="registrars=curator",
            MORELLI_OIDC_ROLES_CLAIM="groups",
        )

    return serve(make)


def test_one_click_logs_in_with_the_role_of_the_group_and_logging_out_offers_both(
    open_page, provider
):
    provider.facts = {
        "sub": "7001",
        "email": "anna@example.org",
        "email_verified": True,
        "groups": ["registrars"],
    }
    page = open_page("/suche/account/login")
    page.get_by_role("link", name="Log in by the museum’s account").click()
    page.wait_for_url("**/suche/")
    page.goto("/suche/account/")
    expect(page.get_by_text("anna@example.org").first).to_be_visible()
    assert "/token" in provider.asked
    page.goto("/suche/curate/works/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/suche/curate/works/")
    page.goto("/suche/account/")
    page.get_by_role("button", name="Log out", exact=True).click()
    there = page.get_by_role("link", name="Log out there, too")
    assert there.get_attribute("href").startswith(f"{provider.issuer}/end")
    page.goto("/suche/account/")
    page.wait_for_url("**/suche/account/login**")
