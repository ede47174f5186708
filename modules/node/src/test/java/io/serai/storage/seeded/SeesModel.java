package io.serai.storage.seeded;

import io.serai.model.Message;

/** Breaks: storage knows bytes, not messages. */
record SeesModel(Message message) {}
