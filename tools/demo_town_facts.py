"""Who lives in the demo town, what their meters showed, and what its accounting system knows of it."""

QUARTERS = 8
ZIP, CITY = "38480", "Valmont"
LOCATIONS = ("Cave", "Regard en façade", "", "Garage", "Gaine palière", "Niche extérieure")
#: What a quarter is of a year's volume, from winter to autumn: gardens are watered in summer.
SEASONS = (0.22, 0.24, 0.31, 0.23)

# number of the subscriber, name, company?, street, route, m³ a year, both services?, reading mode
PLAIN = (
    (1, "Boulangerie du Marché", True, "1 place du Marché", "Bourg", 215, True, "manual"),
    (2, "Dupont Claire", False, "4 rue des Lavandières", "Bourg", 92, True, "radio"),
    (3, "Martin Hugo", False, "6 rue des Lavandières", "Bourg", 104, True, "remote"),
    (4, "Bernard Louise", False, "12 rue du Moulin", "Bourg", 70, True, "manual"),
    (5, "Petit Gabriel", False, "14 rue du Moulin", "Bourg", 100, False, "radio"),
    (6, "Moreau Alice", False, "3 chemin de la Source", "Bourg", 128, False, "remote"),
    (7, "Laurent Jules", False, "5 chemin de la Source", "Bourg", 96, False, "manual"),
    (8, "École Jean-Moulin", True, "2 rue de l'École", "Rives", 540, True, "radio"),
    (9, "Hôtel des Deux Ponts", True, "18 quai de la Rivière", "Rives", 860, True, "remote"),
    (10, "Girard Emma", False, "22 quai de la Rivière", "Rives", 118, False, "manual"),
    (11, "Roux Adam", False, "9 impasse des Tilleuls", "Rives", 44, False, "radio"),
    (12, "Fournier Jade", False, "11 impasse des Tilleuls", "Rives", 84, False, "remote"),
    (18, "Lambert Inès", False, "3 place du Marché", "Bourg", 62, True, "manual"),
    (19, "Pharmacie Centrale", True, "5 place du Marché", "Bourg", 58, True, "radio"),
    (20, "Bonnet Lucas", False, "8 rue des Lavandières", "Bourg", 140, True, "manual"),
    (21, "François Manon", False, "10 rue des Lavandières", "Bourg", 76, True, "radio"),
    (22, "Mercier Nathan", False, "16 rue du Moulin", "Bourg", 112, True, "manual"),
    (23, "Blanc Chloé", False, "18 rue du Moulin", "Bourg", 51, True, "remote"),
    (24, "Guérin Raphaël", False, "7 chemin de la Source", "Bourg", 133, False, "manual"),
    (25, "Boyer Lina", False, "24 quai de la Rivière", "Rives", 88, True, "radio"),
    (26, "Résidence Les Glycines", True, "30 quai de la Rivière", "Rives", 980, True, "remote"),
    (27, "Garnier Théo", False, "2 impasse des Tilleuls", "Rives", 97, True, "manual"),
    (28, "Chevalier Anna", False, "4 impasse des Tilleuls", "Rives", 109, True, "manual"),
    (29, "Restaurant du Pont", True, "20 quai de la Rivière", "Rives", 310, True, "radio"),
    (30, "Robin Mathis", False, "1 montée des Vignes", "Coteaux", 81, True, "manual"),
    (31, "Clément Zoé", False, "3 montée des Vignes", "Coteaux", 126, True, "manual"),
    (32, "Morin Ethan", False, "5 montée des Vignes", "Coteaux", 66, True, "radio"),
    (33, "Nicolas Léa", False, "7 montée des Vignes", "Coteaux", 94, True, "manual"),
    (34, "Henry Tom", False, "2 chemin du Belvédère", "Coteaux", 117, False, "manual"),
    (35, "Rousseau Agathe", False, "4 chemin du Belvédère", "Coteaux", 73, False, "remote"),
    (36, "Vincent Maël", False, "6 chemin du Belvédère", "Coteaux", 105, False, "manual"),
    (37, "Gaec de la Combe", True, "Ferme de la Combe", "Coteaux", 720, False, "manual"),
    (38, "Masson Eva", False, "8 chemin du Belvédère", "Coteaux", 55, True, "radio"),
)
#: Meters that are due for replacement, 15 years after the day of their installation.
OLD = {34: "2011-03-17", 37: "2010-05-12"}
# the subscribers of the stories: key, number, name, street, zip, city
STORIES = (
    ("leak", 13, "Perrin Claude", "3 chemin des Sources", ZIP, CITY),
    ("estimate", 14, "Renard Alix", "5 chemin des Sources", ZIP, CITY),
    ("replaced", 15, "Marchand Camille", "7 chemin des Sources", ZIP, CITY),
    ("leaver", 16, "Colin Sacha", "14 rue de la Gare", "38500", "Voiron"),
    ("comer", 17, "Gauthier Noa", "9 chemin des Sources", ZIP, CITY),
)
# of their meters: key, serial number, street, installed on, both services?
STORY_METERS = (
    ("leak", "V19-104644", "3 chemin des Sources", "2019-04-02", True),
    ("estimate", "V20-104681", "5 chemin des Sources", "2020-03-11", True),
    ("replaced", "V09-104718", "7 chemin des Sources", "2009-02-17", True),
    ("departure", "V21-104755", "9 chemin des Sources", "2021-06-08", True),
)
#: Readings of the stories: (quarters ago, days after, index, kind), oldest first.
STORY_READINGS = {
    # 30 m³ a quarter, then 280: certified, in both services
    "leak": [
        *((quarter, 0, 30 * (14 - quarter), "real") for quarter in (14, 12, 10, 8, 7, 6, 5, 4, 3)),
        *((2, 0, 610, "real"), (1, 0, 641, "real"), (0, 0, 672, "real")),
    ],
    # 45 m³ estimated in absence, 25 found: the next bill settles it
    "estimate": [
        *((8, 0, 10, "real"), (7, 0, 34, "real"), (6, 0, 58, "real"), (5, 0, 82, "real"), (4, 0, 127, "estimated")),
        *((3, 0, 107, "real"), (2, 0, 131, "real"), (1, 0, 155, "real"), (0, 0, 180, "real")),
    ],
    # the old device leaves 40 days after the fourth quarter ago; the new one goes on in REPLACED_AFTER
    "replaced": [
        *((8, 0, 250, "real"), (7, 0, 272, "real"), (6, 0, 295, "real"), (5, 0, 321, "real"), (4, 0, 350, "real")),
    ],
    # one leaves 20 days before meters are read, another comes on the day of the round
    "departure": [
        *((8, 0, 40, "real"), (7, 0, 58, "real"), (6, 0, 77, "real"), (5, 0, 98, "real"), (4, 0, 121, "real")),
        *((3, -20, 137, "real"), (3, 0, 140, "real"), (2, 0, 161, "real")),
        *((1, 0, 184, "real"), (0, 0, 210, "real")),
    ],
}
REPLACED_AFTER = [(3, 0, 14, "real"), (2, 0, 37, "real"), (1, 0, 61, "real"), (0, 0, 88, "real")]
#: Indexes that are not as the season has it, where a screen has something to show: {number: {quarter ago: m³}}.
ODD_QUARTERS = {10: {0: 124}, 11: {0: 0}, 20: {0: 131}}
#: The subscriber whose meter passes its last digit, and the index that it had two years ago.
ROLLED_OVER, BEFORE = 31, 99902
#: Readings of the round under way, in days before today, by number; none of these is the last one's meter.
ROUND = {1: 6, 2: 6, 3: 6, 4: 5, 18: 5, 19: 5, 20: 4, 21: 4, 8: 2, 9: 2, 25: 1}
#: The new subscriber whom the accounting system does not know yet.
UNKNOWN = 38

SUPPLIERS = (
    ("F0009", "Pompes et réseaux", "Grenoble", {"siret": "73282932000074"}),
    ("F0012", "Électricité du Dauphiné", "Grenoble", {}),
    ("F0015", "Laboratoire d'analyses des Alpes", "Chambéry", {}),
    ("F0021", "Travaux publics du Voironnais", "Voiron", {}),
)
ACCOUNTS = {
    "EAU": (
        ("401000", "Fournisseurs"), ("411000", "Clients"), ("411100", "Abonnés – eau"),
        ("445660", "TVA déductible"), ("445710", "TVA collectée"), ("606110", "Électricité"),
        ("615500", "Entretien et réparations"), ("617000", "Études et analyses"),
        ("701110", "Ventes d'eau aux abonnés"), ("701241", "Redevances eau"), ("706110", "Abonnements eau"),
    ),
    "ASST": (
        ("401000", "Fournisseurs"), ("411000", "Clients"), ("411100", "Abonnés – assainissement"),
        ("445660", "TVA déductible"), ("445710", "TVA collectée"), ("606110", "Électricité"),
        ("615500", "Entretien et réparations"), ("617000", "Études et analyses"),
        ("706111", "Redevance d'assainissement collectif"), ("706112", "Part fixe assainissement"),
        ("706121", "Redevance performance des systèmes d'assainissement"),
    ),
}  # fmt: skip
JOURNALS = {
    "EAU": (("EAU", "Factures d'eau", "sale"), ("ACH", "Achats", "purchase"), ("OD", "Opérations diverses", "general")),
    "ASST": (
        ("ASST", "Factures d'assainissement", "sale"),
        ("ACH", "Achats", "purchase"),
        ("OD", "Opérations diverses", "general"),
    ),
}
