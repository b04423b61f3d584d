"""The words that attackers try first when they guess passwords.

The list is short, because few of the passwords on the known lists have the required 15 characters.
Common passwords of that length repeat and join the words below. Add words that are common among
your users, such as the name of the product or of the town, in lower case and without spaces.
"""

_COMMON = """
123qwe 1q2w3e 1q2w3e4r 1qaz2wsx 3edc4rfv abc123 access account admin administrator amanda andrea
andrew angel animal anthony arsenal asdf ashley austin azerty babygirl bailey banana baseball
basketball batman blessed butterfly changeme charlie cheese chelsea chocolate computer cookie
correcthorsebatterystaple daniel default diamond dragon elephant family flower football forever
freedom george ginger google guest hannah hello hockey hunter iloveyou internet jasmine jennifer
jessica jesus jordan joshua justin killer letmein liverpool login london loremipsum lovely
loveme maggie master matthew maytheforcebewithyou michael michelle monkey mustang mypassword
nicole ninja nopassword nothing onceuponatime opensesame p4ssw0rd p@ssw0rd p@ssword passphrase
passw0rd password pepper pokemon princess purple qazwsx qazwsxedc qweasd qweasdzxc qwerty
rainbow robert rockyou root samantha secret secure shadow snoopy soccer spiderman starwars
summer sunshine supercalifragilisticexpialidocious superman system temp test testing
thequickbrownfox thomas tigger tobeornottobe trustno1 unknown user username welcome whatever
william winter zaq12wsx zxcvbn
"""
COMMON_WORDS = frozenset(_COMMON.split())

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "!@#$%^&*()_+",
)
WELL_KNOWN_ROWS = (*_ROWS, *(row[::-1] for row in _ROWS))
