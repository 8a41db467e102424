SELECT code('cp', i) AS id, one_of(i, 'competitor', ['Alpha', 'Bravo', 'Charlie', 'Delta']) AS competitor, code('p', product) AS product_id,
       on_day(i * days() // (getvariable('products') * 100)) AS observed_on,
       round(list_price(product) * (0.8 + 0.4 * u(i, 'price')), 2)::DECIMAL(18, 4) AS price, 'USD' AS currency, 0 AS rate_day,
       at_day(i * days() // (getvariable('products') * 100), i, 'c') AS created_at
FROM (SELECT i, n(i, 'product', getvariable('products')) AS product FROM range(getvariable('products') * 100) t(i))
