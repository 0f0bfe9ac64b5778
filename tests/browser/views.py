"""How pages are looked at: each width and each colour scheme once.

Colours do not depend on the width, nor the layout on the colours.
"""

VIEWS = ((390, "dark"), (1280, "light"))
