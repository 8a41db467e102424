-- The same by product group.
SELECT period, product_group,
       sum(amount_base) FILTER (WHERE status = 'won') AS "revenue.bookings",
       count(*) FILTER (WHERE status = 'won')::DOUBLE PRECISION / nullif(count(*) FILTER (WHERE status IN ('won', 'lost')), 0)
           AS "conversion.close_ratio",
       sum(amount_base) FILTER (WHERE status = 'won')::DOUBLE PRECISION / nullif(count(amount_base) FILTER (WHERE status = 'won'), 0)
           AS "deals.average_deal_size",
       sum(cycle) FILTER (WHERE status = 'won' AND cycle >= 0)::DOUBLE PRECISION
           / nullif(count(*) FILTER (WHERE status = 'won' AND cycle >= 0), 0) AS "conversion.cycle_length",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY cycle) FILTER (WHERE status = 'won' AND cycle >= 0)
           AS "conversion.cycle_length/median",
       count(*) FILTER (WHERE status = 'won' AND cycle >= 0) AS "conversion.cycle_length/deals",
       sum(amount_base) FILTER (WHERE status = 'won' AND cycle >= 0) AS "conversion.cycle_length/value_won",
       sum(term) FILTER (WHERE status = 'won' AND term >= 0)::DOUBLE PRECISION
           / nullif(count(*) FILTER (WHERE status = 'won' AND term >= 0), 0) AS "deals.average_deal_length",
       count(*) FILTER (WHERE status = 'won' AND competitor <> '')::DOUBLE PRECISION
           / nullif(count(*) FILTER (WHERE status IN ('won', 'lost') AND competitor <> ''), 0) AS "market.competitor_win_rate"
FROM (SELECT d.period, o.status, o.competitor, o.closed_on - o.created_on AS cycle, o.contract_end_on - o.contract_start_on AS term,
             coalesce(o.product_group, p.product_group, g.product_group, 'unassigned') AS product_group,
             CASE WHEN g.whole IS NULL THEN o.amount_base
                  WHEN o.amount_base = g.whole THEN g.weight
                  ELSE CASE WHEN g.upto = g.whole THEN o.amount_base
                            ELSE round(o.amount_base * g.upto / g.whole, 4)::DECIMAL(18, 4) END
                       - round(o.amount_base * (g.upto - g.weight) / g.whole, 4)::DECIMAL(18, 4) END AS amount_base
      FROM opportunities o JOIN days d ON d.day = o.closed_on
      LEFT JOIN products p ON p.id = o.product_id
      LEFT JOIN line_groups g ON g.opportunity_id = o.id AND coalesce(o.product_group, p.product_group) IS NULL
      WHERE o.deleted_at IS NULL AND d.asked) deals
GROUP BY period, product_group
