/** Names of what describes a CLAP model on Hugging Face, beside its weights or graphs. */
export const TOKENIZER_FILE = 'tokenizer.json';
export const DESCRIPTIONS = [TOKENIZER_FILE, 'preprocessor_config.json', 'config.json'] as const;
