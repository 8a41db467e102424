SELECT code('p', p) AS id, 'SKU-' || p AS sku, 'Product ' || p AS name, group_of(p) AS product_group,
       list_price(p)::DECIMAL(18, 4) AS list_price, (list_price(p) * 0.55)::DECIMAL(18, 4) AS cost,
       p % 3 = 0 AS is_recurring, true AS is_active, 'USD' AS currency, 0 AS rate_day, at_day(-800, p, 'c') AS created_at
FROM range(getvariable('products')) t(p)
