"""The digital twin (数字孪生): a city of events under a virtual clock, in which the real decisions are made."""
