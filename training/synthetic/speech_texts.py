"""What the voices say."""

from __future__ import annotations

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
HELLO = ("hello", "hello there", "hi, how are you?", "good morning", "oh, hello!")
GOODBYE = ("goodbye", "bye bye", "see you tomorrow", "good night", "goodbye, take care")
YES_NO = ("yes", "no", "yes, of course", "no, thank you", "no way", "yes please")

ENGLISH = (
    "I left my umbrella on the bus this morning.",
    "Could you tell me where the station is, please?",
    "The soup needs another ten minutes and a little salt.",
    "We are going to visit my sister on Sunday.",
    "Please close the window, it is getting cold in here.",
    "He bought two kilos of apples and a loaf of bread.",
    "The meeting has been moved to half past three.",
    "Did you hear what happened to our neighbours?",
    "Turn left at the church and then go straight on.",
    "I really do not think that is a good idea.",
    "The next train leaves from platform number seven.",
    "My phone number is five, two, nine, four, one, eight.",
    "Once upon a time there was a fox who lived by a river.",
    "It will be cloudy in the north, with some rain in the evening.",
    "Welcome back to the show, and thank you for listening.",
    "Where did you put the keys? I have looked everywhere.",
    "She opened the letter, read it twice, and began to laugh.",
    "All passengers are asked to keep their bags with them.",
    "That was the best film I have seen this year.",
    "Stop! Wait for me! I am coming with you.",
    "Add the flour slowly and keep stirring all the time.",
    "The old house at the end of the road has been sold.",
    "Can I have a cup of tea with milk, please?",
    "There is something under the bed, I can hear it.",
    "Congratulations, you have won the first prize.",
    "In the year nineteen sixty nine, two men walked on the moon.",
    "Unit four, we have reached the bridge, over.",
    "Everybody out of the building, now!",
    "The doctor said it is nothing to worry about.",
    "Let us start again from the beginning, shall we?",
    "Good evening, here is the news at nine o'clock.",
    "What would you like for dinner tonight?",
    "The wind was so strong that the boat could not leave the harbour.",
    "I have not seen him since we left school.",
)

# espeak-ng code, English name, sentences.
LANGUAGES = (
    ("de", "German", ("Guten Morgen, wie geht es Ihnen heute?", "Der Zug nach Hamburg fährt in zehn Minuten ab.", "Ich habe gestern ein neues Fahrrad gekauft.")),
    ("fr-fr", "French", ("Bonjour, je voudrais deux croissants, s'il vous plaît.", "Il fait beau aujourd'hui, allons nous promener.", "Où est la gare la plus proche?")),
    ("es", "Spanish", ("Buenos días, ¿dónde está la biblioteca?", "Mañana vamos a la playa con los niños.", "Me gusta mucho la comida de tu madre.")),
    ("it", "Italian", ("Buongiorno, vorrei un caffè e un bicchiere d'acqua.", "Domani andiamo al mare con gli amici.", "Che bella giornata!")),
    ("pt", "Portuguese", ("Bom dia, tudo bem com você?", "Amanhã vamos à praia com a família.", "O autocarro já partiu.")),
    ("nl", "Dutch", ("Goedemorgen, hoe gaat het met je?", "De trein heeft vandaag een kwartier vertraging.")),
    ("sv", "Swedish", ("God morgon, hur mår du i dag?", "Tåget till Stockholm går om tio minuter.")),
    ("pl", "Polish", ("Dzień dobry, jak się pan dzisiaj czuje?", "Pociąg do Krakowa odjeżdża o ósmej.")),
    ("ru", "Russian", ("Доброе утро, как у вас дела?", "Завтра мы поедем на дачу к бабушке.")),
    ("tr", "Turkish", ("Günaydın, bugün nasılsınız?", "Yarın sabah erkenden yola çıkacağız.")),
    ("el", "Greek", ("Καλημέρα, τι κάνετε σήμερα;", "Αύριο θα πάμε στη θάλασσα.")),
    ("hi", "Hindi", ("नमस्ते, आप कैसे हैं?", "मैं कल बाज़ार जाऊँगा।")),
    ("cmn", "Chinese", ("你好，今天天气很好。", "我们明天去北京。")),
    ("hu", "Hungarian", ("Jó reggelt, hogy van ma?", "Holnap elmegyünk a nagymamához.")),
)
