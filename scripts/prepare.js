// Runs at the end of `npm ci`, perhaps under an older Node: hands over to the pinned one.
