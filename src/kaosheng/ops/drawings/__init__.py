"""Draws the papers of invented people: what a candidate of the demonstration would have photographed.

Nothing here imitates a real person or office: names, numbers and units are invented, identity numbers carry a
division code that does not exist, and 样本 stands on every sheet. No system font is needed.
"""

from kaosheng.ops.drawings.documents import FAULTS, draw, draw_sample

__all__ = ["FAULTS", "draw", "draw_sample"]
