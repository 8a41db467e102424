-- Most invoices are paid, a few in two parts, some late, and a few in dollars whatever the invoice's currency.
SELECT code('y', q) || '-' || part AS id, code('i', q) AS invoice_id, code('c', order_account(q)) AS account_id,
       at_day(day, q, 'y') AS paid_at, (invoice_amount(q) / parts)::DECIMAL(18, 4) AS amount, 'transfer' AS method,
       order_currency(q) AS currency, day AS rate_day, at_day(day, q, 'y') AS created_at
FROM (SELECT *, invoice_day(q) + 3 + waits(q, 'pays in', 30) + part * 20 AS day
      FROM (SELECT q, parts, unnest(range(parts)) AS part
            FROM (SELECT q, CASE WHEN u(q, 'parts') < 0.15 THEN 2 ELSE 1 END AS parts
                  FROM range(getvariable('orders')) t(q) WHERE has_invoice(q) AND u(q, 'paid') < 0.93)))
WHERE day < days()
