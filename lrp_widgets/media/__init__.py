"""Photographs, drawn scenes and video: everything that a network looks at.

For others: `images` (`load_image`), `samples`, `scenes`, `mark`, `video`, `audio`,
`picture_limits`.
"""
