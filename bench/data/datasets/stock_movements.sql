SELECT code('m', p * 40 + m) AS id, code('p', p) AS product_id, on_day(m * 30) AS moved_on,
       CASE WHEN m = 0 THEN 'opening' WHEN m % 3 = 2 THEN 'sold' ELSE 'received' END AS kind,
       CASE WHEN m % 3 = 2 AND m > 0 THEN -1 ELSE 1 END * (getvariable('orders') // 20 + n(p * 40 + m, 'q', 400)) AS quantity,
       at_day(m * 30, p, 'c') AS created_at
FROM range(getvariable('products')) t(p), range(36) s(m)
ORDER BY id
