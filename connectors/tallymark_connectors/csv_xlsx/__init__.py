"""Reading CSV and XLSX exports: sniff, map, parse, reject with a reason."""
