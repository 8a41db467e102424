CREATE VIEW deals AS FROM deals_prepared;
CREATE VIEW sold_lines AS FROM sold_lines_prepared;
CREATE VIEW new_leads AS FROM new_leads_prepared;
