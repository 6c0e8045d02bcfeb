# Answers what the real PCRE2 does: reads a JSON list of cases from the standard input, byte strings as latin1, and writes a JSON list.
# A case is {"pattern", "options", "subjects"}; its answer {"error", "offset"} or {"groups", "matches"}.
import ctypes
import json
import sys

library = ctypes.CDLL("libpcre2-8.so.0")
pointer, size = ctypes.c_void_p, ctypes.c_size_t
library.pcre2_compile_8.restype = pointer
library.pcre2_compile_8.argtypes = [
    ctypes.c_char_p,
    size,
    ctypes.c_uint32,
    ctypes.POINTER(ctypes.c_int),
    ctypes.POINTER(size),
    pointer,
]
library.pcre2_match_data_create_from_pattern_8.restype = pointer
library.pcre2_match_data_create_from_pattern_8.argtypes = [pointer, pointer]
library.pcre2_match_8.argtypes = [pointer, ctypes.c_char_p, size, size, ctypes.c_uint32, pointer, pointer]
library.pcre2_get_ovector_pointer_8.restype = ctypes.POINTER(size)
library.pcre2_get_ovector_pointer_8.argtypes = [pointer]
library.pcre2_pattern_info_8.argtypes = [pointer, ctypes.c_uint32, pointer]
library.pcre2_code_free_8.argtypes = [pointer]
library.pcre2_match_data_free_8.argtypes = [pointer]
library.pcre2_match_context_create_8.restype = pointer
library.pcre2_match_context_create_8.argtypes = [pointer]
library.pcre2_set_match_limit_8.argtypes = [pointer, ctypes.c_uint32]
context = library.pcre2_match_context_create_8(None)
library.pcre2_set_match_limit_8(context, 200000)

OPTIONS = {"ignoreCase": 0x8, "multiline": 0x400, "dotAll": 0x20, "dollarEndOnly": 0x10, "noAutoPossess": 0x4000, "noStartOptimize": 0x10000}
DUPNAMES = 0x40
CAPTURE_COUNT = 4
UNSET = size(-1).value


def answer(case):
    pattern = case["pattern"].encode("latin1")
    flags = DUPNAMES
    for name, on in case["options"].items():
        if on:
            flags |= OPTIONS[name]
    error, offset = ctypes.c_int(), size()
    code = library.pcre2_compile_8(pattern, len(pattern), flags, error, offset, None)
    if not code:
        text = ctypes.create_string_buffer(300)
        library.pcre2_get_error_message_8(error.value, text, 300)
        return {"error": text.value.decode("latin1"), "offset": offset.value}
    count = ctypes.c_uint32()
    library.pcre2_pattern_info_8(code, CAPTURE_COUNT, ctypes.byref(count))
    data = library.pcre2_match_data_create_from_pattern_8(code, None)
    matches = []
    for subject in case["subjects"]:
        text = subject.encode("latin1")
        result = library.pcre2_match_8(code, text, len(text), case.get("from", 0), 0, data, context)
        if result == -1:
            matches.append(None)
        elif result < 0:
            matches.append(result)
        else:
            places = library.pcre2_get_ovector_pointer_8(data)
            matches.append([-1 if places[i] == UNSET else places[i] for i in range(2 * (count.value + 1))])
    library.pcre2_match_data_free_8(data)
    library.pcre2_code_free_8(code)
    return {"groups": count.value, "matches": matches}


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
