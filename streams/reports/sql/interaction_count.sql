-- How many interactions there are to show.
SELECT count() AS interactions FROM qa.interaction FINAL
WHERE {day:String} = '' OR toString(business_date) = {day:String}
