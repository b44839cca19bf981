"""What Mermaid's forms of nodes are drawn as: the nearest outline that the deck's pictures have."""

from __future__ import annotations

from deckpress.diagrams.drawing import Outline

FORMS = (
    ("(((", (")))",), Outline.CIRCLE),
    ("((", ("))",), Outline.CIRCLE),
    ("([", ("])",), Outline.PILL),
    ("(-", ("-)",), Outline.ELLIPSE),
    ("(", (")",), Outline.BOX),
    ("[[", ("]]",), Outline.BOX),
    ("[(", (")]",), Outline.CYLINDER),
    ("[/", ("/]", "\\]"), Outline.SLANTED),
    ("[\\", ("\\]", "/]"), Outline.SLANTED),
    ("[", ("]",), Outline.BOX),
    ("{{", ("}}",), Outline.HEXAGON),
    ("{", ("}",), Outline.DIAMOND),
    (">", ("]",), Outline.BOX),
)
"""How a node's form opens, how it may close, and its outline; longer openings first."""

_NAMES = {
    Outline.BOX: "rect proc process rectangle rounded event subproc fr-rect framed-rectangle "
    "subprocess subroutine card notch-rect notched-rectangle doc document lin-rect lin-proc "
    "shaded-process lined-rectangle lined-process lin-doc lined-document tag-doc tagged-document "
    "tag-rect tag-proc tagged-rectangle tagged-process div-rect div-proc divided-rectangle "
    "divided-process win-pane window-pane internal-storage bow-rect bow-tie-rectangle stored-data "
    "flag paper-tape odd notch-pent notched-pentagon loop-limit fork join",
    Outline.PILL: "stadium pill terminal delay half-rounded-rectangle curv-trap curved-trapezoid "
    "display",
    Outline.CYLINDER: "cyl cylinder database db h-cyl das horizontal-cylinder disk lin-cyl "
    "lined-cylinder datastore data-store",
    Outline.CIRCLE: "circle circ sm-circ start small-circle dbl-circ double-circle fr-circ stop "
    "framed-circle cross-circ summary crossed-circle",
    Outline.DOT: "f-circ filled-circle junction",
    Outline.ELLIPSE: "cloud bang ellipse",
    Outline.DIAMOND: "diam diamond decision question tri triangle extract flip-tri "
    "flipped-triangle manual-file hourglass collate bolt com-link lightning-bolt",
    Outline.HEXAGON: "hex hexagon prepare",
    Outline.SLANTED: "lean-r lean-right in-out lean-l lean-left out-in trap-b trapezoid priority "
    "trapezoid-bottom trap-t inv-trapezoid manual trapezoid-top sl-rect manual-input "
    "sloped-rectangle",
    Outline.STACK: "st-rect processes procs stacked-rectangle docs documents st-doc "
    "stacked-document",
    Outline.NONE: "text brace brace-l brace-r braces comment",
}
NAMED_SHAPES = {name: outline for outline, names in _NAMES.items() for name in names.split()}
"""The outline nearest to each of the shapes that have a name."""
