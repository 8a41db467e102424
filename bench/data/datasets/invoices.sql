SELECT code('i', q) AS id, code('q', q) AS order_id, code('c', order_account(q)) AS account_id,
       at_day(invoice_day(q), q, 'i') AS issued_at, on_day(invoice_day(q) + 30) AS due_on,
       invoice_amount(q) AS amount, CASE WHEN u(q, 'void') < 0.01 THEN 'void' ELSE 'open' END AS status,
       order_currency(q) AS currency, invoice_day(q) AS rate_day, at_day(invoice_day(q), q, 'i') AS created_at
FROM range(getvariable('orders')) t(q) WHERE has_invoice(q)
