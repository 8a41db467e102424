-- The deals that name no product of their own have two lines each.
SELECT code('ol', i * 2 + l) AS id, code('o', i) AS opportunity_id,
       code('p', n(i * 2 + l, 'deal line', getvariable('products'))) AS product_id, 1 + n(i * 2 + l, 'q', 9) AS quantity,
       in_currency(deal_amount(i) * CASE WHEN l = 0 THEN 0.625 ELSE 0.375 END, currency) AS amount,
       currency, CASE WHEN deal_status(i) = 'open' THEN days() - 1 ELSE deal_end(i) END AS rate_day,
       at_day(deal_created(i), i, 'c') AS created_at
FROM (SELECT i, unnest([0, 1]) AS l, currency_of(i, 'deal currency') AS currency
      FROM range(getvariable('deals')) t(i) WHERE u(i, 'lined') < 0.2)
