def test_external_addresses_start_with_the_public_one_wherever_they_are_made(make_app):
    app = make_app(MORELLI_PUBLIC_URL="https://museum.org/find")
    expected = "https://museum.org/find/works/1900.0"

    def external():
        return app.url_for("artworks.show", accession="1900.0", _external=True)

    with app.app_context():
        assert external() == expected
    with app.test_request_context(base_url="http://evil.example"):
        assert external() == expected


def test_other_addresses_stay_on_the_site(app):
    with app.test_request_context(base_url="http://evil.example"):
        assert app.url_for("search.ask") == "/"
