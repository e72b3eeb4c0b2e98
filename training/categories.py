"""What people call whole kinds of sounds. Each phrase fits every clip of its category."""

from __future__ import annotations

PHRASES: dict[str, tuple[str, ...]] = {
    "alarms": ("alarms", "alarm sound", "a bell or an alarm", "warning signal", "siren, bell or buzzer", "something rings or beeps for attention"),
    "ambience": ("ambience", "room tone and atmosphere", "background of a place", "the atmosphere of a location", "ambient soundscape", "environment atmosphere"),
    "animals": ("animal", "animal noises", "sounds of animals", "a creature from nature calls", "pets, birds and farm animals", "wildlife"),
    "domestic": ("domestic", "things around the house", "household objects", "in the home", "furniture, doors and kitchen things", "everyday things at home"),
    "drums": ("drum", "percussion hit", "a drum sample", "one shot of a drum kit", "drums, cymbals and hand percussion", "beaten instrument"),
    "foley": ("foley sounds", "objects being handled", "movement of objects and steps", "props and footsteps", "impacts and handling noise", "hits, drops and rustles"),
    "game": ("game", "sounds for a computer game", "interface and game effect", "arcade sound", "menu and power up sounds", "synthetic game effect"),
    "human": ("human", "people noises", "sounds a person makes", "voices and bodies without words", "somebody breathes, laughs or shouts", "non speech vocal sound"),
    "instrument": ("instrument", "musical note", "somebody plays an instrument", "instrument sample", "a single instrument playing", "notes of an instrument"),
    "loops": ("loop", "loops", "rhythm loop", "a repeating beat", "looped groove", "breakbeat"),
    "machines": ("machine", "machinery", "motors and tools running", "electrical appliance running", "engine or motor hum", "mechanical equipment"),
    "music": ("piece of music", "background music", "a tune with several instruments", "soundtrack", "song", "a composed track"),
    "nature": ("nature sounds", "weather and water", "outdoors without people", "wind, rain, sea and fire", "natural elements", "sounds of the natural world"),
    "noise": ("static", "hiss and hum", "noise signal", "white noise or static", "electrical noise", "test signal or steady hiss"),
    "speech": ("somebody speaks", "talking", "spoken words", "a person reads aloud", "voice saying something", "speech recording"),
    "vehicles": ("vehicle", "traffic and transport", "cars, trains and aircraft", "something driving or flying by", "means of transport", "engine of a vehicle"),
    "weapons": ("weapon", "guns and explosions", "combat sounds", "firearms, swords and blasts", "battle", "something is fired or blows up"),
}
