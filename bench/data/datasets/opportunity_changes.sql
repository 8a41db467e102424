-- Three in ten deals had another owner before; every tenth another amount.
SELECT code('oc', i) AS id, code('o', i) AS opportunity_id, CASE WHEN i % 10 < 3 THEN 'owner' ELSE 'amount' END AS field,
       CASE WHEN i % 10 < 3 THEN code('r', rep_of(i, 'earlier rep', deal_created(i))) ELSE '1000' END AS old_value,
       CASE WHEN i % 10 < 3 THEN code('r', deal_rep(i)) ELSE '2000' END AS new_value,
       at_day(least(deal_created(i) + 10, days() - 1), i, 'oc') AS changed_at, code('r', deal_rep(i)) AS changed_by_id,
       at_day(deal_created(i), i, 'c') AS created_at
FROM range(getvariable('deals')) t(i) WHERE i % 10 < 4
