"""An explanation on paper: matplotlib's pictures, captions, files, the exported page.

For others: `plots`, `plot_layer`, `plot_signal`, `plot_waterfall`, `plot_perturbation` (figures),
`gif`, `html_summary`, `export` (what `Explanation.save` writes), `code_snippet` ("copy as Python"),
`network_summary`, `captions`, `layout`, `markdown`, `view_settings`, `waterfall`.
"""
