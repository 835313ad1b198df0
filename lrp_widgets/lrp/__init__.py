"""The mathematics: from a network, a picture and rules to the relevance of every layer.

For others: `explain` and `explanation` (the way in, and the answer), `question` and `settings`,
`rules`, `operation_rules` (attention's), `composites`, `rule_syntax`, `rule_words`, `targets` (the
initial relevance), `propagation` (the backward pass), `absorbed` (what its ledger counts),
`pooling`, `through` (relevance through chosen channels), `channel_maps`, `attribution_graph`,
`layer_context` (what a rule asks of a layer), `layer_result`, `layer_steps` (z, s, c and R of a
layer), `unit_arithmetic` (those of a unit), `live_frame`, `map_measures`, `conservation_warning`,
`judging` (what can be chosen where a map is judged), `channels`, and the folders `metrics`,
`attribution`, `concepts` (what a channel stands for) and, for the session alone, `engine`.
"""
