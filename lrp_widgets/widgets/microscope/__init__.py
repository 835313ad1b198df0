"""One unit's arithmetic, term by term.

For others: `microscope` (the widget), `unit_inspection` (a widget that opens units),
`unit_payload` (a unit as the page takes it).
"""
