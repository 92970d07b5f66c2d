"""A folder of data becomes a Scheme: stages, schema, rules, forms and duties, checked across its files.

In: the files of forms/<scheme>/.
Out: Scheme, or every Problem with its place.
May use: problem to workers, but neither workers nor typography.
"""

__all__ = ["cache", "duties", "files", "form", "load", "model", "roles", "rules", "schema", "text_template"]
