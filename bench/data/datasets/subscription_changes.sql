SELECT code('bc', s) || '-' || k AS id, code('b', s) AS subscription_id, code('c', sub_account(s)) AS account_id,
       at_day(CASE k WHEN 0 THEN sub_start(s) WHEN 1 THEN sub_changes(s) ELSE sub_end(s) END, s, 'k' || k) AS changed_at,
       CASE k WHEN 0 THEN 'new' WHEN 2 THEN 'churn' WHEN 1 THEN CASE WHEN u(s, 'up') < 0.65 THEN 'expansion' ELSE 'contraction' END END AS kind,
       CASE k WHEN 0 THEN 0 WHEN 1 THEN sub_first(s) ELSE last END AS mrr_before,
       CASE k WHEN 0 THEN sub_first(s) WHEN 1 THEN sub_then(s) ELSE 0 END AS mrr_after, sub_currency(s) AS currency,
       sub_start(s) AS rate_day, at_day(sub_start(s), s, 'c') AS created_at
FROM (SELECT s, unnest([0] || CASE WHEN sub_has_change(s) THEN [1] ELSE [] END || CASE WHEN sub_ends(s) THEN [2] ELSE [] END) AS k,
             CASE WHEN sub_has_change(s) THEN sub_then(s) ELSE sub_first(s) END AS last
      FROM range(getvariable('subscriptions')) t(s) WHERE u(s, 'recorded') < 0.8)
