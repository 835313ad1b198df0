"""What every floor needs, and nothing about networks or relevance.

For others: `aligned` (arrays as processors like them), `checks` (arguments, refused in one
sentence), `class_question`, `colors`, `downloads`, `ending`, `errors`, `hardware`, `host_limits`,
`lazy_tensorflow` (TensorFlow, imported when it is first needed), `memory`, `number_words`, `paths`,
`progress`, `templates` (HTML pages).
"""
