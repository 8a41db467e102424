-- Reps employed in the period, at its start and at its end: in all, by rep, team and region.
CREATE TEMP TABLE heads AS
SELECT period, rep, team, region,
       count(*) AS active,
       count(*) FILTER (WHERE (hired_on IS NULL OR hired_on < first) AND (left_on IS NULL OR left_on >= first)) AS at_start,
       count(*) FILTER (WHERE (hired_on IS NULL OR hired_on < beyond) AND (left_on IS NULL OR left_on >= beyond)) AS at_end
FROM (SELECT p.period, p.first, p.beyond, r.hired_on, r.left_on, r.id AS rep, coalesce(r.team_id, 'unassigned') AS team,
             coalesce(r.region_id, 'unassigned') AS region
      FROM reps r JOIN periods p ON (r.hired_on IS NULL OR r.hired_on < p.beyond) AND (r.left_on IS NULL OR r.left_on >= p.first)
      WHERE r.deleted_at IS NULL AND p.asked) there
GROUP BY GROUPING SETS ((period), (period, rep), (period, team), (period, region))
