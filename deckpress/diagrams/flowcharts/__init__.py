"""Flowcharts that GitHub and Graphviz know as well: ` ```mermaid ` and ` ```dot ` blocks.

`mermaid` and `dot` read a text into a `graph`, by a `builder` and `mermaid_labels`; `layout` gives
everything its place: `graphviz` by a `plan`, `circles` and `loops` what it leaves open. Reading a
flowchart needs nothing but this package; laying one out needs the extra `[diagrams]`.
"""
