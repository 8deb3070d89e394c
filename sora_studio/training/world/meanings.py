"""What each entry of the world means, as synsets of WordNet 3.1: all that is a kind of them may be called by it.

Names are WordNet's lemma.part.number. A leading = takes the words of that synset and none of its kinds. Of several
roots above a word the nearest decides. The choice: what an artist would be content to see drawn, since the world has no
other thing that is nearer.
"""

from __future__ import annotations

from typing import Final, TypeAlias

Roots: TypeAlias = dict[str, str]
"""Synsets by entry, with spaces between."""

ROOTS: Final[dict[str, Roots]] = {
    "subject": {
        "ball": "ball.n.01 =ball.n.03 =ball.n.06 =sphere.n.02 =sphere.n.05",
        "balloon": "balloon.n.01 balloon.n.02 airship.n.01",
        "bird": "bird.n.01",
        "fish": "fish.n.01",
        "cat": "feline.n.01",
        "dog": "canine.n.02",
        "car": "motor_vehicle.n.01 bus.n.01",
        "boat": "vessel.n.02",
        "rocket": "rocket.n.01 spacecraft.n.01",
        "butterfly": "lepidopterous_insect.n.01",
        "flower": "flower.n.01 flower.n.02 =bouquet.n.01",
        "tree": "tree.n.01",
        "house": "house.n.01 dwelling.n.01 =building.n.01 hut.n.01 hovel.n.01 castle.n.01 castle.n.02 =barn.n.01 "
        "place_of_worship.n.01",
        "star": "=star.n.01 =star.n.03 star.n.05",
        "umbrella": "umbrella.n.01 parasol.n.01",
        "kite": "kite.n.03",
        "mushroom": "=fungus.n.01 mushroom.n.01 mushroom.n.02 mushroom.n.03 agaric.n.02 puffball.n.01 "
        "bracket_fungus.n.01",
        "robot": "automaton.n.02",
        "whale": "cetacean.n.01",
        "rabbit": "leporid.n.01",
        "lantern": "lamp.n.01 lamp.n.02",
        "train": "train.n.01 locomotive.n.01 streetcar.n.01",
        "airplane": "=aircraft.n.01 heavier-than-air_craft.n.01",
        "turtle": "chelonian.n.01",
        "snail": "gastropod.n.01",
        "elephant": "proboscidean.n.01 =pachyderm.n.01",
    },
    "colour": {
        "red": "red.n.01 =red.a.01 =magenta.a.01 =maroon.a.01 =vermilion.a.01 =vinaceous.a.02",
        "orange": "orange.n.02 =orange.a.01 =tangerine.a.01",
        "yellow": "yellow.n.01 =blond.n.02 =yellow.a.01 =amber.a.01 =gold.a.02 =canary.a.01 =straw.a.01 =ocher.a.01 "
        "=honey.a.01",
        "green": "green.n.01 =green.a.01 =avocado.a.01 =chartreuse.a.01 =jade.a.01 =moss_green.a.01 "
        "=cress_green.a.01 =olive.n.05 =olive.a.01 =sage.a.02 =pea-green.a.01",
        "turquoise": "bluish_green.n.01 =greenish_blue.n.01 =cyan.a.01 =sea_green.n.01 =sea-green.a.01 "
        "=peacock-blue.a.01",
        "blue": "blue.n.01 =blue.a.01 =azure.a.01 =sapphire.a.01 =ultramarine.a.01 =blae.a.01",
        "purple": "purple.n.01 =purple.a.01 =amethyst.a.01 =lavender.a.01 =mauve.a.01",
        "pink": "pink.n.01 =pink.a.01 =rosy.a.03 =carnation.a.01 =coral.a.01 =rose.a.01 =peachy.a.02",
        "brown": "brown.n.01 =brown.a.01 =auburn.a.01 =beige.a.01 =bronze.a.01 =buff.a.01 =caramel.a.01 "
        "=chestnut.a.01 =coppery.a.01 =dun.a.01 =earthlike.a.01 =hazel.a.01 =khaki.a.01 =russet.a.01 =rust.a.01 "
        "=sorrel.a.01 =tan.a.01 =tannish.a.01 =tawny.a.01 =umber.a.01 =taupe.a.01 =mousy.a.03 =snuff.a.01",
        "white": "white.n.02 =white.a.01 =chalky.a.02 =creamy.a.01 =pearly.a.01 =whitish.a.01 =snow-white.a.01",
        "grey": "grey.n.05 =grey.a.01 =argent.a.01 =ash-grey.a.01 =charcoal.a.01 =pearl_grey.a.01 =slate-grey.a.01",
        "black": "=black.n.01 coal_black.n.01 =black.a.01 =coal-black.a.01 =ebony.a.01 =sable.a.01 =inky.a.01 "
        "=blackish.a.01",
    },
    "place": {
        "green hills": "hill.n.01 hillside.n.01 =slope.n.01 =countryside.n.01 =highland.n.01 =valley.n.01 "
        "=dale.n.01 =glen.n.01 =moor.n.02 farmland.n.01 farmland.n.02",
        "desert": "desert.n.01 dune.n.01 =wasteland.n.01 oasis.n.01",
        "beach": "shore.n.01 beach.n.01 seashore.n.01",
        "city": "city.n.01 town.n.01 =urban_area.n.01 megalopolis.n.01 conurbation.n.01 =village.n.01 =village.n.02 "
        "street.n.01 city_district.n.01 suburb.n.01 skyscraper.n.01 skyline.n.01 plaza.n.01",
        "forest": "forest.n.01 forest.n.02 grove.n.01 grove.n.02 thicket.n.01",
        "snowy mountains": "mountain.n.01 mountain_peak.n.01 mountain_range.n.01 mountainside.n.01 glacier.n.01",
        "sea": "ocean.n.01 sea.n.01 lake.n.01 bay.n.01 gulf.n.01 lagoon.n.01",
        "meadow": "meadow.n.01 grassland.n.01 field.n.01 lawn.n.01 pasture.n.01 garden.n.01 clearing.n.01",
        "underwater": "=reef.n.01 =coral_reef.n.01 barrier_reef.n.01 =ocean_floor.n.01 =submerged.a.01 "
        "=subaqueous.a.01 =undersea.a.01",
        "space": "=universe.n.01 =outer_space.n.01 =deep_space.n.01 interstellar_space.n.01 galaxy.n.03 nebula.n.03 "
        "planet.n.01 solar_system.n.01 asteroid.n.01 comet.n.01",
    },
    "time": {
        "dawn": "dawn.n.01 morning.n.01 early-morning_hour.n.01",
        "day": "=daytime.n.01 noon.n.01 afternoon.n.01 midafternoon.n.01",
        "sunset": "sunset.n.01 =sunset.n.02 =sunset.n.03 dusk.n.01 =twilight.n.02 =evening.n.01",
        "night": "=night.n.01 midnight.n.01 small_hours.n.01 late-night_hour.n.01 =moonlit.a.01 =nocturnal.a.02",
    },
    "weather": {
        "clear": "=good_weather.n.01 =fair_weather.n.01 =cloudless.a.01",
        "rain": "rain.n.01 raindrop.n.01 rainstorm.n.01 thunderstorm.n.01 =rain.v.01 =drizzle.v.01 =rainy.a.01",
        "snow": "snow.n.01 snowflake.n.01 blizzard.n.01 sleet.n.01 =snow.v.01 =sleet.v.01",
        "fog": "fog.n.01 haze.n.01 smog.n.01 =foggy.a.03",
        "wind": "wind.n.01 storm.n.01 =windy.a.01 =gusty.a.01 =stormy.a.01",
    },
    "motion": {
        "rises": "=rise.v.01 =rise.v.16 =climb.v.01 =soar.v.01 =soar.v.03 =soar.v.04 =ascend.v.01 =levitate.v.02 "
        "=rocket.v.01",
        "falls": "=fall.v.01 =descend.v.01 =drop.v.02 =plunge.v.02 =plunge.v.06 =dive.v.01 =tumble.v.01 "
        "=plummet.v.01 =sink.v.01 =sink.v.04 =sink.v.05 =plop.v.02",
        "bounces": "=bounce.v.01 =bounce.v.03 =bounce.v.05 =jump.v.01 =jump.v.08 hop.v.01 =hop.v.06 =bob.v.01 "
        "=vault.v.01 =vault.v.02 =caper.v.01",
        "spins": "=spin.v.01 =revolve.v.01 =twirl.v.01 =twirl.v.02 =pirouette.v.01 =swivel.v.01",
        "sways": "=sway.v.01 =sway.v.02 =swing.v.01 =wobble.v.01 =wobble.v.02 =totter.v.01 =totter.v.03 "
        "=oscillate.v.02",
        "orbits": "=orbit.v.01 circle.v.01 =circle.v.02 =loop.v.01 =loop.v.03",
        "grows": "=grow.v.02 =grow.v.03 =expand.v.01 =expand.v.02 =enlarge.v.03 =swell.v.01 =swell.v.03 "
        "=inflate.v.02 =inflate.v.05 =widen.v.01",
        "shrinks": "=shrink.v.01 =shrink.v.03 =shrink.v.04 =shrink.v.05 =dwindle.v.01 =deflate.v.06",
        "drifts": "=float.v.01 =float.v.02 =float.v.05 =glide.v.01 =hover.v.03 =hover.v.04 =waft.v.01",
        "stays": "=stay.v.01 =stay.v.02 =stay.v.04 =rest.v.01 =rest.v.05 =wait.v.01 =linger.v.01 =motionless.a.01 "
        "=stationary.a.01",
    },
    "look": {
        "flat illustration": "=illustration.n.01 =cartoon.n.01 =cartoon.n.02",
        "pencil sketch": "=sketch.n.01",
        "watercolour": "watercolor.n.01",
        "black and white film": "=monochrome.n.01 =monochrome.n.02 =monochrome.a.01",
        "oil painting": "oil_painting.n.01 =impasto.n.01",
    },
}

MADE_OF: Final[dict[str, Roots]] = {
    "subject": {
        "bird": "bird.n.02 poultry.n.02",
        "fish": "fish.n.02",
        "rabbit": "rabbit.n.02 rabbit.n.03",
        "tree": "wood.n.01",
    },
}
"""What is made of things and called like them, oak and trout: such a sense does not speak against the thing."""

APART: Final = (
    "motorcycle.n.01 amphibian.n.01 amphibian.n.02 submersible.n.02 iceboat.n.02 flash.n.10 taillight.n.01 "
    "volcano.n.01 seamount.n.01 butte.n.01 anthill.n.01 molehill.n.01 earth.n.01 morning_star.n.01 "
    "evening_star.n.01 calm_air.n.01 doldrums.n.02 firestorm.n.01 bleach.n.01"
)
"""Kinds of the above that nobody would be content to see drawn so, with all their own kinds."""

_NAMES_AND_MISNOMERS: Final = (
    "argentine austin bam barren beluga ben biddy bikini blackburn blackjack bloomer bluebottle blusher bound "
    "burg cackler cali calypso camden cameroon campus cascades casper cassie chandlery charlotte chatterbox "
    "chester coco cologne commuter constance curtilage davenport dawson devilfish dinkey dinky dolphin dominick "
    "dominique dorking duckbill duster earthlike eggbeater enid essen eyre fawn fes fez flamboyant flathead "
    "florence formicary frederick fuego fuji gallup gand gary gig goldilocks gooney goony grayback grubby halle "
    "hammock helena hind hippo horse-head horsehead hoy hulk huron interceptor jack-a-lantern jack-o-lantern "
    "jewfish kamikaze kandy knockabout kobe lander landfall lawton leatherjacket ley limerick liza logan "
    "long-legs longlegs looping loops mademoiselle mavis mead mei merl merle mina mollie molly moony motown nancy "
    "newfoundland nome ontario oran outboard pasto peacock pearl peckerwood pembroke perm phoenix pierre poon "
    "precinct prescott providence provo pudding-wife rasher redding reeve regina reynard ridley rosario rosita "
    "salem samba sana sandblast sanguine santos scooter selma sheepshead shooter shovelhead sian skyhook smelt "
    "soaker sofia soledad spawner sur swanneck tamale tara temperateness tenderloin tillage tom tours transporter "
    "twitterer tyre veronica wheeling whiff world"
)

UNSAID: Final = frozenset((*_NAMES_AND_MISNOMERS.split(), "capitol hill", "davy jones", "pot farm", "the hill"))
"""Words that WordNet's counts would give to an entry and an artist would not: first names that are towns, and what a
prompt never means so."""
