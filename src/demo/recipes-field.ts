/** The part of the demo library that comes from outdoors: animals, weather, water, vehicles. */
import { demoSound, type DemoSound, type Recipe } from './recipe.ts';
import * as animals from './sounds/animals.ts';
import * as birds from './sounds/birds-insects.ts';
import { gardenAfternoon } from './sounds/garden.ts';
import * as people from './sounds/people.ts';
import * as tools from './sounds/tools-machines.ts';
import * as vehicles from './sounds/vehicles.ts';
import * as household from './sounds/household.ts';
import * as water from './sounds/water.ts';
import * as weather from './sounds/weather.ts';

const RECIPES: readonly Recipe[] = [
  // Animals
  {
    file: 'ANMLDog_Barking_Yard_01.wav',
    folder: 'SFX/Animals',
    take: animals.dogBarking,
    description: 'a dog barks in a yard',
    bitDepth: 24,
  },
  {
    file: 'ANMLCat_Meow_Hungry_01.wav',
    folder: 'SFX/Animals',
    take: animals.catMeow,
    description: 'a cat meows twice',
    bitDepth: 24,
  },
  { file: 'cow moo.mp3', folder: 'SFX/Animals', take: animals.cowMoo, description: 'a cow moos', sampleRate: 44_100 },
  {
    file: 'sheep_bleat.flac',
    folder: 'SFX/Animals',
    take: animals.sheepBleat,
    description: 'a sheep bleats',
    sampleRate: 44_100,
  },
  {
    file: 'rooster-morning.ogg',
    folder: 'SFX/Animals',
    take: animals.roosterCrow,
    description: 'a rooster crows',
    sampleRate: 44_100,
  },
  {
    file: 'Horse Gallop Road.wav',
    folder: 'SFX/Animals',
    take: animals.horseGallop,
    description: 'a horse gallops on a hard road',
  },
  {
    file: 'bee_close.wav',
    folder: 'SFX/Animals',
    take: animals.beeBuzz,
    description: 'a bee buzzes close by',
    sampleRate: 44_100,
  },
  {
    file: 'crow_caw_x3.aif',
    folder: 'SFX/Animals',
    take: birds.crowCaw,
    description: 'a crow caws',
    sampleRate: 44_100,
  },
  {
    file: 'owl_night.ogg',
    folder: 'SFX/Animals',
    take: birds.owlHoot,
    description: 'an owl hoots at night',
    sampleRate: 44_100,
  },
  {
    file: 'wolf howl.ogg',
    folder: 'SFX/Animals',
    take: animals.wolfHowl,
    description: 'a wolf howls',
    sampleRate: 44_100,
  },
  // Ambiences and weather
  {
    file: 'amb_forest_birds.ogg',
    folder: 'Ambience',
    take: birds.birdsong,
    description: 'birds sing in a forest',
    stereo: 'wide',
  },
  {
    file: 'AMBNght_Crickets_Summer.wav',
    folder: 'Ambience',
    take: birds.crickets,
    description: 'crickets chirp on a summer night',
    stereo: 'wide',
    peakDb: -12,
  },
  {
    file: 'rain-on-roof.mp3',
    folder: 'Ambience',
    take: weather.rainOnRoof,
    description: 'rain falls on a tin roof',
    stereo: 'wide',
    sampleRate: 44_100,
  },
  {
    file: 'RAIN Heavy Downpour ST.wav',
    folder: 'Ambience',
    take: weather.heavyRain,
    description: 'heavy rain',
    stereo: 'wide',
    bitDepth: 24,
  },
  {
    file: 'wind_howling_house.flac',
    folder: 'Ambience',
    take: weather.wind,
    description: 'wind howls around a house',
    stereo: 'wide',
    bitDepth: 24,
  },
  {
    file: 'Thunder close.aiff',
    folder: 'Ambience',
    take: weather.thunder,
    description: 'thunder strikes near and rolls away',
    stereo: 'room',
    bitDepth: 24,
    peakDb: -1,
  },
  {
    file: 'OCEAN-WAVES-beach.opus',
    folder: 'Ambience',
    take: weather.seaWaves,
    description: 'waves break on a beach',
    stereo: 'wide',
  },
  {
    file: 'campfire_crackling.wav',
    folder: 'Ambience',
    take: weather.fire,
    description: 'a wood fire crackles',
    sampleRate: 96_000,
    bitDepth: 24,
  },
  {
    file: 'brook.flac',
    folder: 'Ambience',
    take: water.stream,
    description: 'a brook runs over stones',
    stereo: 'wide',
  },
  {
    file: 'Cafe walla.mp3',
    folder: 'Ambience',
    take: people.crowdChatter,
    description: 'people talk in a full room',
    sampleRate: 44_100,
  },
  // Water
  {
    file: 'WATRDrip_Cave_Reverb.wav',
    folder: 'SFX/Water',
    take: water.waterDrips,
    description: 'water drips in a cave',
    stereo: 'room',
  },
  {
    file: 'pour_water_02.wav',
    folder: 'SFX/Water',
    take: water.pouringWater,
    description: 'water is poured into a glass',
  },
  {
    file: 'toilet flush.m4a',
    folder: 'SFX/Water',
    take: water.toiletFlush,
    description: 'a toilet is flushed',
    sampleRate: 44_100,
  },
  {
    file: 'Splash-Pond.wav',
    folder: 'SFX/Water',
    take: water.splash,
    description: 'something falls into water',
    sampleRate: 44_100,
    bitDepth: 32,
  },
  // Vehicles
  {
    file: 'VEHCar_Start_Idle.wav',
    folder: 'SFX/Vehicles',
    take: vehicles.carStarting,
    description: 'a car engine starts and idles',
    bitDepth: 24,
  },
  {
    file: 'motorcycle rev.mp3',
    folder: 'SFX/Vehicles',
    take: vehicles.motorcycle,
    description: 'a motorcycle revs its engine',
    sampleRate: 44_100,
  },
  {
    file: 'steam_train_departs.flac',
    folder: 'SFX/Vehicles',
    take: vehicles.steamTrain,
    description: 'a steam train gathers speed and whistles',
    stereo: 'room',
  },
  {
    file: 'SirenAmbulance.wav',
    folder: 'SFX/Vehicles',
    take: vehicles.siren,
    description: 'a siren wails',
    sampleRate: 44_100,
  },
  {
    file: 'car-horn-2x.ogg',
    folder: 'SFX/Vehicles',
    take: vehicles.carHorn,
    description: 'a car honks its horn',
    sampleRate: 44_100,
  },
  {
    file: 'jet_flyby.wav',
    folder: 'SFX/Vehicles',
    take: vehicles.jetFlyby,
    description: 'a jet aeroplane flies past',
    stereo: 'room',
  },
  {
    file: 'bicycle ding.wav',
    folder: 'SFX/Vehicles',
    take: vehicles.bicycleBell,
    description: 'a bicycle bell rings',
    sampleRate: 44_100,
  },
  {
    file: 'helicopter_pass.opus',
    folder: 'SFX/Vehicles',
    take: vehicles.helicopter,
    description: 'a helicopter passes',
  },
  {
    file: 'train_horn_far.mp3',
    folder: 'SFX/Vehicles',
    take: vehicles.trainHorn,
    description: 'a train sounds its horn',
    sampleRate: 44_100,
  },
  {
    file: 'Ship Horn Harbour.flac',
    folder: 'SFX/Vehicles',
    take: vehicles.shipHorn,
    description: 'a ship sounds its horn',
    sampleRate: 44_100,
  },
  // As they came off the recorder: the names do not tell what they are.
  {
    file: 'garden_afternoon_long.flac',
    folder: 'Recordings/2024-06 garden',
    take: gardenAfternoon,
    description: '75 s of soft wind in a garden; a dog barks once, 46 s from the start',
    sampleRate: 44_100,
  },
  {
    file: 'take_017.wav',
    folder: 'Recordings/unsorted',
    take: tools.chainsaw,
    description: 'a chainsaw cuts',
    bitDepth: 24,
  },
  {
    file: 'take_018.wav',
    folder: 'Recordings/unsorted',
    take: household.churchBell,
    description: 'a church bell rings',
    bitDepth: 24,
  },
  {
    file: 'REC0042.mp3',
    folder: 'Recordings/unsorted',
    take: people.applause,
    description: 'an audience claps',
    sampleRate: 44_100,
  },
  { file: 'ZOOM0007.wav', folder: 'Recordings/unsorted', take: people.babyCrying, description: 'a baby cries' },
  {
    file: 'New Recording 12.m4a',
    folder: 'Recordings/unsorted',
    take: people.laughing,
    description: 'someone laughs',
    sampleRate: 44_100,
  },
  {
    file: '8f3a21c0.ogg',
    folder: 'Recordings/unsorted',
    take: household.glassBreaking,
    description: 'glass breaks',
    sampleRate: 44_100,
  },
];

export const FIELD_SOUNDS: readonly DemoSound[] = RECIPES.map(demoSound);
