SELECT code('w', q) || '-' || l AS id, code('q', q) AS order_id, code('p', product) AS product_id, quantity,
       in_currency(price, currency) AS unit_price, 0 AS discount_pct, amount,
       CASE WHEN u(q * 8 + l, 'costed') < 0.92
            THEN round(amount * (0.4 + 0.4 * u(q * 8 + l, 'costs')), 2)::DECIMAL(18, 4) END AS cost,
       CASE WHEN u(q * 8 + l, 'back') < 0.02 THEN 1 END AS returned_quantity, currency, day AS rate_day,
       gone(q * 8 + l, 'line gone', day) AS deleted_at, at_day(day, q, 'x') AS created_at
FROM (SELECT *, in_currency(price * quantity, currency) AS amount
      FROM (SELECT q, l, day, currency, line_product(q, l) AS product, line_quantity(q, l) AS quantity, line_price(q, l) AS price
            FROM (SELECT q, order_day(q) AS day, order_currency(q) AS currency, unnest(range(order_lines(q))) AS l
                  FROM range(getvariable('orders')) t(q))))
