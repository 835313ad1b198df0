"""The league: every composite and method under every measure, on pictures drawn from a seed.

    python -m lrp_widgets.lessons.experiments.league

measures anew and writes the tables beside this file. With `--photographs` and a folder, networks
for photographs see its pictures, too: `photographs.csv` names all that were seen. What takes part
stands in `entrants`, what it is measured by in `measures`, on what in `cases`, what was found in
`tables`.

Every module here is for others: for lessons, and for the widget that shows the tables.
"""
