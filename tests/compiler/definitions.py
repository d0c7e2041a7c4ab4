"""Definitions of every family, by a short name; the golden files show what becomes of each."""

DEFINITIONS = {
    "consent": "can receive sms",
    "transactional consent": "can receive transactional sms",
    "consent email": "can receive email and not can receive push",
    "consent status": "subscribed to sms in the last 30 days or unsubscribed from email or pending for sms",
    "never subscribed": "never subscribed to sms",
    "engaged": "engaged with sms in the last 30 days",
    "prefers": "prefers sms",
    "prefers window": "prefers email over sms in the last 2 weeks",
    "text is": 'gender is "Female"',
    "text is not": 'gender is not "Female"',
    "complement": 'not gender is "Female"',
    "text exactly": '"Loyalty Tier" is exactly "Gold"',
    "text in": 'gender is in ("f", "F", "female") and "Loyalty Tier" is not in ("None", "-")',
    "text parts": 'gender contains "fe" and gender starts with "f" and gender does not end with "x"',
    "text all of": 'gender contains all of ("f", "m") and gender does not contain any of ("x", "y")',
    "text matches": r'"Loyalty Tier" matches "^go+ld$" and gender does not match "x\\d"',
    "numbers": "predicted_clv at least $10.50 and predicted_clv between 1 and 20 and predicted_clv is not 7",
    "numbers in": "predicted_clv is in (1, 2) or predicted_clv is not in (3, 4)",
    "symbols": 'predicted_clv > 1 and predicted_clv <= 5 and gender = "f" and gender != "m"',
    "booleans": "accepts_cookies is true or accepts_cookies is false or accepts_cookies is not set",
    "set": "gender is set and birthday is not set and details is set",
    "dates": "birthday is in the next 3 days and created is before 2023-01-01",
    "date windows": "created in the last 3 hours or created is not on 2023-01-31 or birthday is this month",
    "list": '"SMS Preferences" contains "Product Launches"',
    "list several": '"SMS Preferences" contains any of ("a", "b") and "SMS Preferences" contains none of ("c")',
    "list size": '"SMS Preferences" has at least 2 items or "SMS Preferences" is empty',
    "did": 'did "Placed Order"',
    "did not": 'did not "placed order" in the last 30 days',
    "did often": 'did "Placed Order" at least 3 times in the last 90 days',
    "did once": 'did "Placed Order" once ever and did "Placed Order" twice last month',
    "did at most": 'did "Placed Order" at most 2 times and did "Placed Order" between 0 and 3 times',
    "did between": 'did "Placed Order" between 2 and 4 times between 3 and 5 days ago',
    "did any": 'did any of ("Opened Email", "Clicked Email") at least 5 times since yesterday',
    "did all": 'did all of ("Opened Email", "Clicked Email") more than 60 days ago',
    "did none": 'did none of ("Opened Email", "Clicked Email") in the last 30 days',
    "where amount": 'did "Placed Order" where Total more than 50',
    "where property": 'did "Placed Order" where ("Discount Code" is "WELCOME" and not Gift is true)',
    "where label": 'did "Clicked SMS" where Campaign is "june" and did not "Clicked SMS" where Campaign is not "june"',
    "where mixed": 'did any of ("Placed Order", "Started Checkout") where Total more than 2 * 25',
    "number of": 'number of "Placed Order" in the last 365 days at least 3',
    "number of none": 'number of "Placed Order" in the last 365 days less than 1',
    "number of different": 'number of different "Discount Code" from "Placed Order" more than 1',
    "number of different labels": 'number of different Campaign from "Clicked SMS" is 2',
    "sum": 'sum of Total from "Placed Order" in the last 365 days more than 1000',
    "sum of property": 'sum of Total from "Started Checkout" at most 5',
    "average": 'average of Total from "Placed Order" between 10 and 20',
    "extremes": 'minimum of Total from "Placed Order" at least 5 or maximum of Total from "Placed Order" less than 9',
    "measures compared": 'number of "Placed Order" in the last 30 days more than number of "Placed Order" last month',
    "arithmetic": 'sum of Total from "Placed Order" in the last 365 days more than 2 * average_order_value - (1 + 3)',
    "division": "predicted_clv / (historic_clv - 1) at least -0.5",
    "first": 'first "Placed Order" is in the last 30 days',
    "last": 'last "Placed Order" more than 60 days ago',
    "last where": 'last "Placed Order" where Total more than 5 is not before 2023-01-01 10:30',
    "lists": 'in list "vip" and not in list "Do not disturb"',
    "segment": 'in segment "subscribers"',
    "postal code": 'within 25 miles of "02139" in US',
    "coordinates": "within 5 km of (42.37, -71.1)",
    "pole": "within 500 km of (89, 10) or within 300 km of (0, 179.5)",
    "named place": 'within 5 km of place "Store"',
    "rank share": "top 5% by historic_clv",
    "rank people": "bottom 100 by predicted_clv",
    "rank among": 'top 10% by number of "Placed Order" among (can receive sms)',
    "mixed with brackets": (
        'can receive sms and (gender is "f" or did "Placed Order") and not (gender is "m" or created is today)'
    ),
    "median": 'median of Total from "Placed Order" at least 20',
    "first value": 'Total of first "Placed Order" at least 50 or "Discount Code" of last "Placed Order" is "WELCOME"',
    "longest gap": 'longest gap between "Placed Order" in the last 2 years more than 60 days',
    "different days": 'did "Opened Email" on at least 5 different days in the last 30 days',
    "different weeks": 'did not any of ("Opened Email", "Clicked Email") on fewer than 2 different weeks',
    "each month": 'did "Placed Order" in each of the last 6 months where Total more than 5',
    "time of day": 'did "Placed Order" where (hour between 9 and 17 and weekday is in (sat, "Sunday"))',
    "sequence": 'did "Clicked SMS" in the last 30 days then "Placed Order" within 2 days where Total more than 50',
    "abandoned": 'did "Started Checkout" then not "Placed Order" within 4 hours',
    "long sequence": (
        'did "Clicked SMS" then not any of ("Opened Email", "Clicked Email") then "Started Checkout" '
        'then "Placed Order" within 1 week then not "Clicked SMS" within 3 days'
    ),
    "several": 'at least 2 of (gender is "f", can receive sms, predicted_clv more than 5)',
    "several of all kinds": (
        'any of (gender is "f", gender is "m") and none of (gender is "x", can receive sms) '
        'and between 1 and 2 of (gender is "f", predicted_clv is set, birthday is set) '
        'and exactly 1 of (gender is set, birthday is set) and not all of (gender is "f", birthday is set)'
    ),
    "sample": 'random 10% and not random 2.5% named "Holdout"',
    "anniversaries": (
        "birthday is today, any year or birthday in the next 7 days, any year or birthday is in month 5 "
        "or created is not this month, any year"
    ),
    "over the new year": "birthday is in the next 300 days, any year",
    "dates compared": (
        'last "Placed Order" is after last "Started Checkout" and first "Placed Order" is not before created '
        "and created is within 7 days after birthday"
    ),
    "has been": '"Loyalty Tier" has been "Gold" for 7 days and "Loyalty Tier" has been "gold" for 2 hours',
    "items of an event": 'did "Placed Order" where (any item of Items where (Category is "Shoes" and Price > 50))',
    "items of a person": 'all items of Cart where Category is "Shoes" or no item of Cart where Price is not 3',
    "items that are texts": (
        'any item of "SMS Preferences" contains "Launch" or every item of "SMS Preferences" does not start with "x" '
        'or no item of "SMS Preferences" is in ("a", "b")'
    ),
    "regions": "country is in EU or phone_country is not in DACH",
    "consent by": 'subscribed to sms in the last 30 days via "Footer" by method form',
    "moved": (
        'joined list "VIP" in the last 7 days and not left list "VIP" and entered segment "Subscribers" today '
        'and not left segment "Subscribers" ever'
    ),
    "campaigns": (
        'received campaign "June" and clicked campaign "June" in the last 3 days '
        'and is scheduled for campaign "July" and not replied to campaign "June"'
    ),
    "was sent": "was sent fewer than 4 sms in the last 30 days and was sent sms",
    "texted": 'texted us a word "size" in the last 30 days',
    "length as a number": "days_between_orders at most 30 days and days_between_orders between 1 and 8 weeks",
    "time zone": 'did "Placed Order" today in time zone "Asia/Tokyo"',
    "many texts": " or ".join(f'gender is "{letter}"' for letter in "abcde"),
    "keyword as a name": '"first" is "x"',
}
