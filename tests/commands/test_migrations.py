def test_flask_migrate_looks_for_what_is_to_be_migrated(app):
    runner = app.test_cli_runner()
    assert runner.invoke(args=["db", "check"]).exit_code == 0
    assert runner.invoke(args=["db", "downgrade"]).exit_code == 0
    assert runner.invoke(args=["db", "check"]).exit_code == 1
    assert runner.invoke(args=["db", "upgrade"]).exit_code == 0
    assert runner.invoke(args=["db", "check"]).exit_code == 0


def test_it_names_its_commands(app):
    result = app.test_cli_runner().invoke(args=["db", "--help"])
    assert result.exit_code == 0
    assert "downgrade" in result.output
