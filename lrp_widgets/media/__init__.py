"""Photographs, drawn scenes and video: everything that a network looks at.

For others: `images` (`load_image`), `samples`, `scenes`,
`scene_attributes` (what can be asked about scenes), `mark`, `video`, `audio`, `picture_limits`.
"""
