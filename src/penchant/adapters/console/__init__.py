"""The console: pages for whoever runs Penchant, drawn on the server, readable without a script.

`pages.routes` gives its routes; `*_page` modules turn readings into what a template shows;
`drawing` draws. Nothing here decides or computes what the engine has not said.
"""
