"""The site: a page for every claim and paper beside the documentation, all made from what the engines judged."""
