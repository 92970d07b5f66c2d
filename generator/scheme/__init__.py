"""A folder of data becomes a Scheme: stages, schema, rules, forms and duties, checked across its files.

In: the files of forms/<scheme>/.
Out: Scheme, or every Problem with its place.
May use: document, formula, japan, paper, source and what they may use; no fonts.

A module for each part that an author writes (schema, rules, parameters, duties, roles, form, texts) and for what checks
and keeps them: all of it is one grammar, and no part is of use to others alone.
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
