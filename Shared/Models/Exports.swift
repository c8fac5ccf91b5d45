@_exported public import ContractSchema
