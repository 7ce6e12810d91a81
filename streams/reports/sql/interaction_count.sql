-- How many interactions with a result there are to show.
SELECT count() AS interactions FROM qa.interaction FINAL
WHERE ({day:String} = '' OR toString(business_date) = {day:String})
  AND (tenant_id, interaction_id) IN (SELECT tenant_id, interaction_id FROM qa.base_result)
