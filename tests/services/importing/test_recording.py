from sqlalchemy import event

from app.extensions import db

CHANGING = ("UPDATE import_row", "DELETE FROM import_row")


def test_no_statement_brings_back_as_many_rows_as_a_table_has(importer):
    works = "".join(f"B.{number},Work {number}\n" for number in range(600))
    run = importer.plan("Inventory no,Title\n" + works)
    changing, returning = [], []

    def note(_connection, cursor, statement, *_rest):
        if statement.startswith(CHANGING):
            changing.append(statement)
            if cursor.description is not None:
                returning.append(statement)

    event.listen(db.engine, "after_cursor_execute", note)
    try:
        importer.record(run)
        importer.undo(run)
    finally:
        event.remove(db.engine, "after_cursor_execute", note)
    assert len(changing) > 2
    assert returning == []
