"""How an answer compares with the truth: the figures, what each means, and how sure they are.

`grade` scores one dossier, `summarise` many with intervals and calibration; `render`,
`render_results` and `render_page` show them as text, Markdown and a page. It reads the contract
files that any solver could write and the truth file, and decides nothing about a case itself.
"""
