"""A folder of data becomes a Scheme: stages, schema, rules, forms and duties, checked across its files.

In: the files of forms/<scheme>/.
Out: Scheme, or every Problem with its place.
May use: document, formula, japan, paper, source and what they may use; no fonts.

What a scheme consists of is a NamedTuple where that will do: a class and its thousands of objects are made at each
start of the program, for which a frozen dataclass takes three times as long.
"""

__all__ = [
    "cache",
    "duties",
    "files",
    "form",
    "load",
    "model",
    "office_values",
    "parameters",
    "references",
    "roles",
    "rules",
    "schema",
    "text_template",
]
