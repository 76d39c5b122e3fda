"""Over years, across units, between versions: what published editions say beside each other. Changes no edition."""
